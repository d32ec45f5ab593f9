export {aboutPath, type Destination, openDestination, writeWhole} from './destination.ts'
