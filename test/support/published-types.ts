import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join, resolve} from 'node:path'
import {Ajv2020, type ValidateFunction} from 'ajv/dist/2020.js'
import {parseSync} from 'oxc-parser'

// Of the syntax tree only what is looked at.
// oxlint-disable-next-line typescript/no-explicit-any
type Node = any

/** A declaration with the place from which its names are looked up. */
interface Declared {
  readonly node: Node
  readonly file: SourceFile
  /** Names of the namespaces around it. */
  readonly within: readonly string[]
}

interface SourceFile {
  readonly path: string
  /** By qualified name, such as `ChatCompletion.Choice`. */
  readonly declared: Map<string, Declared>
  /** Files by the name under which they are imported whole. */
  readonly imported: Map<string, string>
}

/**
 * JSON schemas of the types that a vendor publishes with its SDK. Both vendors generate those from the OpenAPI document
 * of their API, so that they say what an answer has to look like, and were not written here. Fields that a type does not
 * have are refused.
 */
export class PublishedTypes {
  readonly #files = new Map<string, SourceFile>()
  readonly #definitions: Record<string, object> = {}
  readonly #validators = new Map<string, ValidateFunction>()

  /** Checks values against the type of a module, such as `openai/resources/chat/completions/completions`. */
  validator(module: string, type: string): ValidateFunction {
    const name = `${module} ${type}`
    const known = this.#validators.get(name) ?? this.#compiled(module, type)
    this.#validators.set(name, known)
    return known
  }

  #compiled(module: string, type: string): ValidateFunction {
    const main = createRequire(import.meta.url).resolve(
      module
        .split('/')
        .slice(0, module.startsWith('@') ? 2 : 1)
        .join('/'),
    )
    const root = main.slice(0, main.lastIndexOf('node_modules') + 'node_modules'.length)
    const file = this.#file(join(root, `${module}.d.ts`))
    const reference = this.#reference([type], {node: undefined, file, within: []})
    const ajv = new Ajv2020({strict: false, allErrors: true, discriminator: false})
    return ajv.compile({...reference, $defs: this.#definitions})
  }

  #file(path: string): SourceFile {
    const known = this.#files.get(path)
    if (known) return known
    const file: SourceFile = {path, declared: new Map(), imported: new Map()}
    this.#files.set(path, file)
    const {program} = parseSync(path, readFileSync(path, 'utf8'))
    this.#collect(program.body, file, [])
    return file
  }

  #collect(body: readonly Node[], file: SourceFile, within: readonly string[]): void {
    for (const statement of body) {
      if (statement.type === 'ImportDeclaration') {
        const [specifier] = statement.specifiers
        if (specifier?.type === 'ImportNamespaceSpecifier') {
          const target = resolve(dirname(file.path), statement.source.value.replace(/\.js$/, '.d.ts'))
          file.imported.set(specifier.local.name, target)
        }
        continue
      }
      const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
      if (node?.type === 'TSModuleDeclaration') {
        this.#collect(node.body.body, file, [...within, node.id.name])
      } else if (node?.type === 'TSInterfaceDeclaration' || node?.type === 'TSTypeAliasDeclaration') {
        file.declared.set([...within, node.id.name].join('.'), {node, file, within: [...within, node.id.name]})
      }
    }
  }

  /** The schema behind a name, as seen from a declaration. */
  #reference(name: readonly string[], from: Declared): object {
    const found = this.#find(name, from)
    const key = `${found.file.path}#${[...found.within].join('.')}`.replaceAll(/[^A-Za-z0-9#.]/g, '_')
    if (!(key in this.#definitions)) {
      this.#definitions[key] = {}
      Object.assign(this.#definitions[key]!, this.#declaration(found))
    }
    return {$ref: `#/$defs/${key.replaceAll('#', '%23')}`}
  }

  #find(name: readonly string[], from: Declared): Declared {
    const {file, within} = from
    for (let depth = within.length; depth >= 0; depth -= 1) {
      const found = file.declared.get([...within.slice(0, depth), ...name].join('.'))
      if (found) return found
    }
    const other = file.imported.get(name[0]!)
    if (other) return this.#find(name.slice(1), {node: undefined, file: this.#file(other), within: []})
    throw new Error(`${file.path} has no type ${name.join('.')}`)
  }

  #declaration(declared: Declared): object {
    const {node} = declared
    if (node.type === 'TSTypeAliasDeclaration') return this.#type(node.typeAnnotation, declared)
    const bases = (node.extends ?? []).map((base: Node) => this.#find(nameOf(base.expression), declared))
    const members = [...bases.flatMap((base: Declared) => base.node.body.body as Node[]), ...node.body.body]
    return this.#object(members, declared)
  }

  #object(members: readonly Node[], from: Declared): object {
    const index = members.find(member => member.type === 'TSIndexSignature')
    if (index) {
      return {type: 'object', additionalProperties: this.#type(index.typeAnnotation.typeAnnotation, from)}
    }
    const fields = members.filter(member => member.type === 'TSPropertySignature')
    return {
      type: 'object',
      properties: Object.fromEntries(
        fields.map(field => [field.key.name ?? field.key.value, this.#type(field.typeAnnotation.typeAnnotation, from)]),
      ),
      required: fields.filter(field => field.optional !== true).map(field => field.key.name ?? field.key.value),
      additionalProperties: false,
    }
  }

  #type(node: Node, from: Declared): object {
    switch (node.type) {
      case 'TSStringKeyword':
        return {type: 'string'}
      case 'TSNumberKeyword':
        return {type: 'number'}
      case 'TSBooleanKeyword':
        return {type: 'boolean'}
      case 'TSNullKeyword':
        return {type: 'null'}
      case 'TSUnknownKeyword':
        return {}
      case 'TSLiteralType':
        return {const: node.literal.value}
      case 'TSArrayType':
        return {type: 'array', items: this.#type(node.elementType, from)}
      case 'TSParenthesizedType':
        return this.#type(node.typeAnnotation, from)
      case 'TSUnionType':
        return {anyOf: node.types.map((each: Node) => this.#type(each, from))}
      case 'TSIntersectionType':
        // `string & {}`, by which editors still offer the known values.
        return this.#type(node.types[0], from)
      case 'TSTypeLiteral':
        return this.#object(node.members, from)
      case 'TSTypeReference': {
        const name = nameOf(node.typeName)
        if (name[0] === 'Array') return {type: 'array', items: this.#type(node.typeArguments.params[0], from)}
        if (name[0] === 'Record') return {type: 'object'}
        return this.#reference(name, from)
      }
      default:
        throw new Error(`${from.file.path}: ${node.type} is not read`)
    }
  }
}

/** The parts of `A.B.C`. */
function nameOf(node: Node): string[] {
  if (node.type === 'Identifier') return [node.name]
  const [left, right] = node.type === 'TSQualifiedName' ? [node.left, node.right] : [node.object, node.property]
  return [...nameOf(left), ...nameOf(right)]
}
