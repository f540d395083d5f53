import { Rejection } from '../../event-sourcing/rejection.js';
import { FieldFault } from '../../parsing/fields.js';
import { readYaml, YamlFault } from '../../parsing/read-yaml.js';
import { readText } from '../read-text.js';
import { type Mapping, parseMapping } from './mapping.js';

/** A mapping is written by hand. */
const mostBytes = 1_000_000;

/**
 * A mapping from its file, YAML or JSON.
 * @throws Rejection `MAPPING_NOT_READABLE` where there is no such file or it is no YAML, `INVALID_MAPPING` that names the field
 */
export async function readMapping(file: string): Promise<Mapping> {
  const text = await readText(file, process.stdin, mostBytes).catch((error: unknown) => {
    throw error instanceof Rejection ? new Rejection('MAPPING_NOT_READABLE', error.message) : error;
  });
  try {
    return parseMapping(readYaml(text));
  } catch (error) {
    if (error instanceof YamlFault)
      throw new Rejection('MAPPING_NOT_READABLE', `${file} is not YAML: ${error.message}.`);
    if (error instanceof FieldFault) throw new Rejection('INVALID_MAPPING', `${file}: ${error.message}.`);
    throw error;
  }
}
