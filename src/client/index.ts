export {Deployment, type DeploymentOptions} from './deployment.ts'
export {deploymentFrom} from './deployment-from.ts'
export * from './errors.ts'
export {inputInQuery, type OperationRequest, pathParameters, requestOf} from './request.ts'
