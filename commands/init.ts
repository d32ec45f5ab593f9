export {InitCommand as default} from '@omni-ops/core/cli/init'
