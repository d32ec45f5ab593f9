export * from './text-reader.ts'
