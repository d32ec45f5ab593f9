/**
 * Writes ONNX models, as far as a small transformer needs. Field numbers are those of onnx.proto
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), bytes those of protocol buffers
 * (https://protobuf.dev/programming-guides/encoding).
 */

const FLOAT = 1
const INT64 = 7

export interface OnnxTensor {
  readonly name: string
  readonly dims: readonly number[]
  readonly values: Float32Array | BigInt64Array
}

export interface OnnxNode {
  readonly operator: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
}

export interface OnnxGraph {
  /** Integers of 64 bits, of any shape with so many dimensions. */
  readonly inputs: readonly {readonly name: string; readonly rank: number}[]
  readonly output: {readonly name: string; readonly rank: number}
  readonly weights: readonly OnnxTensor[]
  readonly nodes: readonly OnnxNode[]
}

/** The bytes of a model of opset 13. */
export function writeOnnx({inputs, output, weights, nodes}: OnnxGraph): Buffer {
  const graph = [
    ...nodes.map((node, at) => field(1, nodeBytes(node, at))),
    field(2, 'graph'),
    ...weights.map(tensor => field(5, tensorBytes(tensor))),
    ...inputs.map(({name, rank}) => field(11, valueBytes(name, INT64, rank))),
    field(12, valueBytes(output.name, FLOAT, output.rank)),
  ]
  return Buffer.concat([number(1, 8), field(7, Buffer.concat(graph)), field(8, number(2, 13))])
}

function nodeBytes({operator, inputs, output, attributes = {}}: OnnxNode, at: number): Buffer {
  return Buffer.concat([
    ...inputs.map(input => field(1, input)),
    field(2, output),
    field(3, `${operator} ${at}`),
    field(4, operator),
    ...Object.entries(attributes).map(([name, value]) => field(5, attributeBytes(name, value))),
  ])
}

function attributeBytes(name: string, value: number | readonly number[]): Buffer {
  const [INT, INTS] = [2, 7]
  if (typeof value === 'number') return Buffer.concat([field(1, name), number(3, value), number(20, INT)])
  return Buffer.concat([field(1, name), ...value.map(each => number(8, each)), number(20, INTS)])
}

function tensorBytes({name, dims, values}: OnnxTensor): Buffer {
  return Buffer.concat([
    ...dims.map(dim => number(1, dim)),
    number(2, values instanceof Float32Array ? FLOAT : INT64),
    field(8, name),
    field(9, Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  ])
}

function valueBytes(name: string, type: number, rank: number): Buffer {
  const dims = Array.from({length: rank}, (_, at) => field(1, field(2, `${name}_${at}`)))
  const tensor = Buffer.concat([number(1, type), field(2, Buffer.concat(dims))])
  return Buffer.concat([field(1, name), field(2, field(1, tensor))])
}

function field(id: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([varint(id * 8 + 2), varint(bytes.length), bytes])
}

function number(id: number, value: number): Buffer {
  return Buffer.concat([varint(id * 8), varint(value)])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Buffer.from([...bytes, Number(rest)])
}
