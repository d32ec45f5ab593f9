export {type Destination, DirectoryInPlaceError, openDestination, writeWhole} from './destination.ts'
