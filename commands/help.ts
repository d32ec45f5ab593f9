export {HelpCommand as default} from '@omni-ops/core/cli/help'
