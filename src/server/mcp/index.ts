export {type McpHandler, mcpHandler} from './http-handler.ts'
export type {McpOptions} from './mcp-server.ts'
export {serveMcp, type ServeMcpOptions} from './serve-stdio.ts'
