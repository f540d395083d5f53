/**
 * Jest's runtime, but for one thing: the modules of `src/` and `node_modules/` are loaded once in a worker and serve all of
 * its test files, as they serve a whole process in production. Everything else, so the test files, what is beside them in
 * `test/`, and the test framework, is loaded anew for each file. docs/adr/0025-tests-share-modules.md says why.
 */
import { join, sep } from 'node:path';
import Runtime from 'jest-runtime';
import SharedEnvironment from './shared-environment.mjs';

/** Makes `require` of this module, as Jest does it, find the default export. */
export const __esModule = true;

/** By Jest's resolver: each project of a worker has one, and it is a new one when Jest watches files and one has changed. */
const sharedModules = new WeakMap();

/** A runtime that never ends, with what it has loaded. */
class SharedModules {
  #runtime;
  #environment;
  /** One graph is loaded after another: Jest waits only so long for a module that another graph links. */
  #last = Promise.resolve();

  constructor(runtime, environment) {
    this.#runtime = runtime;
    this.#environment = environment;
  }

  /** Where each of its files' source map is. */
  get sourceMaps() {
    return this.#runtime.getSourceMaps();
  }

  /** Loads a module that a file imports, and evaluates it. */
  import(specifier, from, context) {
    const { esmLoader } = this.#runtime;
    const load = async () => esmLoader.linkAndEvaluateModule(await esmLoader.resolveModule(specifier, from, context));
    const loaded = this.#last.then(() => this.#environment.keepingGlobals(load));
    this.#last = loaded.catch(() => undefined);
    return loaded;
  }

  require(...given) {
    return this.#runtime.requireModule(...given);
  }
}

export default class FileRuntime extends Runtime {
  /** Undefined in a file that has an environment of its own, and so its own modules. */
  #shared;
  #isShared = () => false;

  constructor(config, environment, resolver, ...rest) {
    super(config, environment, resolver, ...rest);
    if (!(environment instanceof SharedEnvironment)) return;
    const existing = sharedModules.get(resolver);
    const shared = existing ?? new SharedModules(new Runtime(config, environment, resolver, ...rest), environment);
    sharedModules.set(resolver, shared);
    const sources = join(config.rootDir, 'src') + sep;
    const packages = `${sep}node_modules${sep}`;
    this.#isShared = (path) => path.startsWith(sources) || path.includes(packages);
    this.#shared = shared;
    this.transformCache.sourceMaps = shared.sourceMaps;
    this.#shareImports();
  }

  #shareImports() {
    const { esmLoader, _resolution: resolution } = this;
    const importOwn = esmLoader.resolveModule.bind(esmLoader);
    // With it Jest asks for each import by resolveModule, also on releases of Node where it could walk the graph at once.
    resolution.hasDistinctAsyncResolver = () => true;
    esmLoader.resolveModule = async (specifier, from, context) => {
      const isOwn = specifier === '@jest/globals' || specifier.startsWith('data:') || specifier.includes('?');
      if (isOwn || !this.#isShared(await resolution.resolveEsmAsync(from, specifier)))
        return importOwn(specifier, from, context);
      return this.#shared.import(specifier, from, context);
    };
  }

  requireModule(from, name, options, isActual) {
    const isOwn =
      this.#shared === undefined ||
      options?.isInternalModule === true ||
      (name !== undefined && this._resolution.isCoreModule(name));
    if (isOwn || !this.#isShared(this._resolution.resolveCjs(from, name)))
      return super.requireModule(from, name, options, isActual);
    return this.#shared.require(from, name, options, isActual);
  }

  setMock(...given) {
    this.#expectOwnModules();
    super.setMock(...given);
  }

  setModuleMock(...given) {
    this.#expectOwnModules();
    super.setModuleMock(...given);
  }

  #expectOwnModules() {
    if (this.#shared === undefined) return;
    throw new Error('A file that mocks modules needs modules of its own: begin it with /** @jest-environment node */');
  }
}
