export {type GraphQlHandler, graphQlHandler, type GraphQlOptions} from './handler.ts'
export {defaultLimits, type GraphQlLimits} from './limits.ts'
export {graphQlSchema} from './schema.ts'
