import {expect, test} from 'vitest'
import {answerTypes} from '../../src/answers/answer-type.ts'

test.each([
  ['Which exit code means not configured?', 'en', ['number']],
  ['What port does the server listen on?', 'en', ['number']],
  ['Auf welcher Seite steht die Kündigungsfrist?', 'de', ['number']],
  ['Katera izhodna koda pomeni, da nekaj ni nastavljeno?', 'sl', ['number']],
  ['When did the headquarters move?', 'en', ['time']],
  ['Who wrote the code?', 'en', ['person']],
])('%s', (question, language, types) => {
  expect(answerTypes(question, [language])).toEqual(types)
})
