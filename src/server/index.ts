export {type AppEnvironment, type AppOptions, createApp, type Mount, type MountPoint, type Visit} from './app.ts'
export {type Authenticate, type Identity, UnauthenticatedError} from './identity.ts'
export {type Problem, problemOf} from './problem.ts'
export {drainMs, type RunningServer, serve, type ServeOptions} from './serve.ts'
