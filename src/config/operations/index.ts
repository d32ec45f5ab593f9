export {configGet} from './get.ts'
export {configList} from './list.ts'
export {configSet} from './set.ts'
export {configUnset} from './unset.ts'
