import {NotConfiguredError} from '@omni-ops/core/operation'

/** A provider lacks what it needs to be asked. */
export class ProviderNotConfiguredError extends NotConfiguredError {
  override readonly code = 'llm_not_configured'
}
