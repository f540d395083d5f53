/**
 * Jest's environment for Node, made once for each project of a worker instead of once for each test file: the modules that
 * shared-runtime.mjs keeps live in it. After each file it is again what it was before: globals, environment variables,
 * matchers and timers.
 *
 * A test file that wants an environment and modules of its own begins with the docblock `@jest-environment node`.
 */
import { TestEnvironment } from 'jest-environment-node';

/** By project, since their globals differ. */
const environments = new Map();

/** Where `expect` keeps its state; it cannot be deleted. */
const matchers = Symbol.for('$$jest-matchers-object');

export default class SharedEnvironment extends TestEnvironment {
  /** Properties of the global object that outlive a file. */
  #globals = new Map();
  #variables = {};

  constructor(config, context) {
    const { id } = config.projectConfig;
    const existing = environments.get(id);
    if (existing !== undefined) return existing;
    super(config, context);
    environments.set(id, this);
    this.#keep(Reflect.ownKeys(this.global));
    this.#variables = { ...this.global.process.env };
    this.exit = this.global.process.exit;
  }

  /** Does what may set globals that are to outlive the file, as a module does when it is loaded. */
  async keepingGlobals(load) {
    const before = new Set(Reflect.ownKeys(this.global));
    try {
      return await load();
    } finally {
      this.#keep(Reflect.ownKeys(this.global).filter((key) => !before.has(key)));
    }
  }

  async teardown() {
    this.fakeTimersModern.dispose();
    this.#restoreGlobals();
    this.#restoreProcess();
  }

  #keep(keys) {
    for (const key of keys) this.#globals.set(key, Object.getOwnPropertyDescriptor(this.global, key));
  }

  #restoreGlobals() {
    for (const key of Reflect.ownKeys(this.global))
      if (!this.#globals.has(key)) Reflect.deleteProperty(this.global, key);
    for (const [key, kept] of this.#globals) {
      const now = Object.getOwnPropertyDescriptor(this.global, key);
      if (now?.value !== kept.value || now?.get !== kept.get) Reflect.defineProperty(this.global, key, kept);
    }
    const state = { assertionCalls: 0, expectedAssertionsNumber: null, isExpectingAssertions: false };
    Object.assign(this.global[matchers] ?? {}, {
      customEqualityTesters: [],
      matchers: Object.create(null),
      state: { ...state, numPassingAsserts: 0, suppressedErrors: [] },
    });
  }

  #restoreProcess() {
    const { process } = this.global;
    process.exit = this.exit;
    for (const name of Object.keys(process.env))
      if (!(name in this.#variables)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, this.#variables);
  }
}
