import {readFile} from 'node:fs/promises'
import {Flags, OmniCommand, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'

/** Serves until it is told to end. The server's modules are loaded here and by no other command. */
export default class Serve extends OmniCommand {
  static override summary = 'Serve every operation over HTTP'
  static override description =
    'Listens on this machine alone unless --host says otherwise; beyond it, it asks for TLS. Callers need an API key ' +
    '(`omni keys create`). Prints its address when it is ready, and logs one JSON line per request on stderr. ' +
    'SIGTERM ends it after the requests under way are answered.'
  static override examples = [
    'omni serve',
    'omni serve --port 443 --host 0.0.0.0 --tls-cert server.pem --tls-key server.key',
    'omni serve --host 0.0.0.0 --behind-proxy',
  ]
  static override flags = {
    port: Flags.string({description: 'Listen on this port; 0 takes any that is free', helpValue: 'N', default: '8080'}),
    host: Flags.string({description: 'Listen on this address', helpValue: 'ADDRESS', default: '127.0.0.1'}),
    'tls-cert': Flags.string({description: 'The certificate with its chain, PEM', helpValue: 'FILE'}),
    'tls-key': Flags.string({description: "The certificate's key, PEM", helpValue: 'FILE'}),
    'tls-client-ca': Flags.string({
      description: 'Let only those connect who show a certificate of these authorities, PEM',
      helpValue: 'FILE',
    }),
    'behind-proxy': Flags.boolean({
      description: 'A proxy in front ends TLS and says in X-Forwarded-For where requests come from',
    }),
    'client-cert-header': Flags.string({
      description: 'The header in which that proxy says which client certificate it has verified',
      helpValue: 'NAME',
      dependsOn: ['behind-proxy'],
    }),
    'insecure-no-auth': Flags.boolean({
      description: 'Let every program on this machine in, with all rights and without a key',
    }),
  }

  // A server answers what is under way before it ends.
  protected override readonly graceMs = 35_000

  protected async execute({values, ...typed}: Typed): Promise<ExitCode> {
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError('--port expects 0 to 65535')
    const tls = await this.#certificate(values)
    const {keepHeapSmall, serve} = await import('@omni-ops/core/server')
    keepHeapSmall()
    const {runtime} = await this.session('serve', {values, ...typed}, 'info')
    const server = await serve({
      runtime,
      port,
      host: String(values.host),
      behindProxy: values['behind-proxy'] === true,
      noAuthentication: values['insecure-no-auth'] === true,
      ...(runtime.logs('info') ? {writeAccessLog: text => void this.terminal.stderr.write(text)} : {}),
      ...(tls ? {tls} : {}),
      ...(typeof values['client-cert-header'] === 'string'
        ? {clientCertificateHeader: values['client-cert-header']}
        : {}),
    })
    if (!server.reachable && !typed.quiet) {
      this.terminal.stderr.write("There is no API key yet. Make one: omni keys create me --scopes '*'\n")
    }
    this.terminal.stdout.write(`${server.url}\n`)
    if (!this.signal.aborted) {
      await new Promise(resolve => this.signal.addEventListener('abort', resolve, {once: true}))
    }
    await server.stop()
    return ExitCode.done
  }

  async #certificate(
    values: Readonly<Record<string, unknown>>,
  ): Promise<{cert: string; key: string; clientCa?: string} | undefined> {
    const {'tls-cert': cert, 'tls-key': key, 'tls-client-ca': clientCa} = values
    if (cert === undefined && key === undefined && clientCa === undefined) return undefined
    if (typeof cert !== 'string' || typeof key !== 'string')
      throw new UsageError('--tls-cert and --tls-key go together, and --tls-client-ca with them')
    const own = {cert: await this.#read(cert), key: await this.#read(key)}
    return typeof clientCa === 'string' ? {...own, clientCa: await this.#read(clientCa)} : own
  }

  async #read(path: string): Promise<string> {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      throw new UsageError(`Cannot read ${path}: ${(error as Error).message}`, {cause: error})
    }
  }
}
