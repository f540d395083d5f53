/** The environment of the tests, in which the code asks which mutant is tried. */
import SharedEnvironment from '../../test/support/shared-environment.mjs';
import { registry } from './registry.mjs';

export default class MutantsEnvironment extends SharedEnvironment {
  async setup() {
    await super.setup();
    await this.keepingGlobals(() => {
      this.global.__mutants = registry;
    });
  }
}
