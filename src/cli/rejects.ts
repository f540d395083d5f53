import { accessSync, closeSync, constants, existsSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { visible } from '../parsing/visible.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type RejectedRow } from '../imports/import-log.js';

/** So much is gathered before it is written. */
const chunk = 65_536;

/** Writes rejected rows to a file, which is made with the first, and for its owner alone: a line of JSON each. */
export class Rejects {
  /** Why rows could not be written; undefined: they could. */
  fault: Rejection | undefined;

  private descriptor: number | undefined;
  private text = '';

  /**
   * Looks whether the file can be written, before anything is done; what comes up later is told by `failed`, once.
   * @throws Rejection `REJECTS_NOT_WRITABLE`
   */
  constructor(
    private readonly file: string,
    private readonly failed: () => void,
  ) {
    try {
      if (!statSync(dirname(file)).isDirectory()) throw new Error('its parent is not a folder');
      const isThere = existsSync(file);
      accessSync(isThere ? file : dirname(file), constants.W_OK);
      if (isThere && statSync(file).isDirectory()) throw new Error('it is a folder');
    } catch (error) {
      throw this.notWritable(error);
    }
  }

  write = (row: RejectedRow): void => {
    this.text += `${visible(JSON.stringify(row))}\n`;
    if (this.text.length >= chunk) this.flush();
  };

  end(): void {
    this.flush();
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private flush(): void {
    const { text } = this;
    this.text = '';
    if (text === '' || this.fault !== undefined) return;
    try {
      this.descriptor ??= openSync(this.file, 'w', 0o600);
      writeWhole(this.descriptor, Buffer.from(text));
    } catch (error) {
      this.fault = this.notWritable(error);
      this.failed();
    }
  }

  private notWritable(error: unknown): Rejection {
    const why = error instanceof Error ? error.message : String(error);
    return new Rejection('REJECTS_NOT_WRITABLE', `The file of rejected rows, ${this.file}, cannot be written: ${why}.`);
  }
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}
