import {ProtocolError, ProtocolErrorCode, Server} from '@modelcontextprotocol/server'
import type {Operation} from '../../operation/operation.ts'
import {failureOf, type OperationCall} from '../operation-call.ts'
import {nameOf} from '../operation-names.ts'
import {documentOperations, documentTemplate, listDocuments, readDocument} from './document-resources.ts'
import {callTool, toolOf} from './tools.ts'

export interface McpOptions {
  readonly operations: readonly Operation[]
  /** The program's. */
  readonly version: string
  /** Offer operations whose effect does not come back. */
  readonly allowDestructive?: boolean
}

const instructions =
  'Every tool is an operation of omni: rag_* searches, answers from and manages documents; privacy_* finds and ' +
  'protects personal data; audit_* reads the log of changes. rag_query answers with citations, and says so where the ' +
  'documents are silent. An error has a code, and often a hint that says what to do.'

/**
 * Makes servers of the Model Context Protocol, one for each connection or request, on the same tools. Each call goes
 * through what the maker is given.
 */
export function mcpServers({
  operations,
  version,
  allowDestructive = false,
}: McpOptions): (call: OperationCall) => Server {
  const offered = operations.filter(({effects}) => allowDestructive || effects !== 'destructive')
  const byName = new Map(offered.map(operation => [nameOf(operation), operation]))
  const tools = offered.map(toolOf)
  const withheld = new Set(operations.filter(operation => !offered.includes(operation)).map(nameOf))
  const documents = documentOperations(offered)

  return call => {
    const server = new Server(
      {name: 'omni', title: 'omni', version},
      {instructions, capabilities: {tools: {}, ...(documents ? {resources: {}} : {})}},
    )
    server.setRequestHandler('tools/list', () => ({tools}))
    server.setRequestHandler('tools/call', async ({params}, context) => {
      const operation = byName.get(params.name)
      if (operation) return callTool(operation, params.arguments ?? {}, call, context)
      const why = withheld.has(params.name)
        ? `The tool ${params.name} is destructive, and this server was started without --allow-destructive`
        : `There is no tool ${params.name}`
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, why)
    })
    if (!documents) return server
    server.setRequestHandler('resources/templates/list', () => ({
      resourceTemplates: [
        {
          uriTemplate: documentTemplate,
          name: 'document',
          title: 'A document of a collection',
          description: 'The text of a document as it was indexed; the source is percent-encoded.',
          mimeType: 'text/plain',
        },
      ],
    }))
    server.setRequestHandler('resources/list', ({params}, {mcpReq}) =>
      orProtocolError(listDocuments(documents, call, params?.cursor, mcpReq.signal)).then(page => ({...page})),
    )
    server.setRequestHandler('resources/read', async ({params: {uri}}, {mcpReq}) => {
      const text = await orProtocolError(readDocument(documents, call, uri, mcpReq.signal))
      return {contents: [{uri, mimeType: 'text/plain', text}]}
    })
    return server
  }
}

/** Outside of tools an error has no result to be told in. */
async function orProtocolError<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ProtocolError) throw error
    const {message, ...failure} = failureOf(error)
    const code = failure.status < 500 ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
    throw new ProtocolError(code, message, failure)
  }
}
