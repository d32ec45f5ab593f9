export {Deployment, type DeploymentOptions} from './deployment.ts'
export {deploymentFrom} from './deployment-from.ts'
export * from './errors.ts'
export {type OperationRequest, requestOf} from './request.ts'
