import { readFile } from 'node:fs/promises';
import { parse, YAMLError } from 'yaml';
import { Rejection } from '../../event-sourcing/rejection.js';
import { FieldFault } from '../formats/fields.js';
import { type Mapping, parseMapping } from './mapping.js';

/**
 * A mapping from its file, YAML or JSON.
 * @throws Rejection `MAPPING_NOT_READABLE` where there is no such file or it is no YAML, `INVALID_MAPPING` that names the field
 */
export async function readMapping(file: string): Promise<Mapping> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Rejection('MAPPING_NOT_READABLE', `${file} cannot be read: ${(error as Error).message}.`);
  });
  try {
    return parseMapping(parse(text));
  } catch (error) {
    if (error instanceof YAMLError) throw new Rejection('MAPPING_NOT_READABLE', `${file} is no YAML: ${error.message}`);
    if (error instanceof FieldFault) throw new Rejection('INVALID_MAPPING', `${file}: ${error.message}.`);
    throw error;
  }
}
