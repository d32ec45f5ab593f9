export {docsHandler, type DocsOptions} from './page.ts'
