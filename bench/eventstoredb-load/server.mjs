/** The server of the tests in a process of its own: in clear, or on TLS where it is told a folder for certificates. */
import '../../test/support/typescript.mjs';

const { CertificateAuthority } = await import('../../test/support/certificates.ts');
const { WireServer } = await import('../../test/support/eventstoredb/wire-server.ts');
const folder = process.argv[2];
const certificate = folder === undefined ? undefined : new CertificateAuthority(folder).issue();
const options = { maxAppendSize: 8 * 1024 * 1024, ...(certificate === undefined ? {} : { certificate }) };
const server = await WireServer.start(options);
process.send({ url: server.directUrl });
