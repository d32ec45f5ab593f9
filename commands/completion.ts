export {CompletionCommand as default} from '@omni-ops/core/cli/completion'
