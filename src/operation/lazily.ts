/** What is made when it is first asked for, and the same from then on: for what most commands never need. */
export function lazily<Value>(make: () => Value): () => Value {
  let made: {readonly value: Value} | undefined
  return () => (made ??= {value: make()}).value
}
