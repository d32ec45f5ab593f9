import {InvalidInputError} from '@omni-ops/core/operation'

/** A catalogue contradicts itself, the data, or arithmetic. Lists every reason. */
export class InvalidCatalogueError extends InvalidInputError {
  override readonly code = 'invalid_catalogue'

  constructor(problems: readonly string[]) {
    super(`The catalogue is not right: ${problems.join('; ')}`, {
      details: {problems},
      hint: 'see "Additivity" in docs/dashboards.md',
    })
  }
}
