export {type Language, languages, type TextDocument, textOf} from './document.ts'
export {type BreachLetter, type RefusedItem, type SubjectLetter, writeLetter} from './letter.ts'
