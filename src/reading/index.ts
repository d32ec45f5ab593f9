export {noSuchFile, NoSuchFileError} from './no-such-file.ts'
export * from './text-reader.ts'
