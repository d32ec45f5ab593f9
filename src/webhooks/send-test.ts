import type {Context} from '../operation/context.ts'
import {currentSecrets} from './current-secrets.ts'
import {bodyOf} from './delivery-queue.ts'
import {findEndpoint} from './endpoint-book.ts'
import {webhookTest} from './events.ts'
import {SecretBox} from './secret-box.ts'
import {signedHeaders} from './signing-secret.ts'
import {targetRules} from './target.ts'
import {type Attempt, WebhookSender} from './webhook-sender.ts'

/**
 * Sends a `webhook.test` to an endpoint, once, as a delivery would.
 * @throws UnknownEndpointError, NoWebhookKeyError, WebhookKeyFileError, UnsealError
 */
export async function sendTest(context: Context, reference: string): Promise<{event: string; attempt: Attempt}> {
  const {settings, clock, random} = context
  const endpoint = await findEndpoint(context, reference)
  const now = clock.now()
  const secrets = currentSecrets(await SecretBox.open(context), endpoint, now)
  const id = random.id()
  const body = bodyOf({
    type: webhookTest.name,
    timestamp: now.toISOString(),
    data: webhookTest.payload.parse({endpoint: endpoint.id}),
  })
  const timeout = (settings.get('webhooks.timeout_seconds') as number) * 1000
  const sender = new WebhookSender({rules: targetRules(settings), clock, timeout})
  const attempt = await sender.send({url: endpoint.url, body, headers: {...signedHeaders({id, body, now, secrets})}})
  sender.close()
  const {status, error} = attempt
  const audit = {action: 'webhook.tested', resource: `webhook:${endpoint.id}`, details: {status, error}}
  await (await context.store()).unit(context, {audit}, async () => {})
  return {event: id, attempt}
}
