import {expect, test} from 'vitest'
import {fetchedImages, type FetchImage, fetchPublicImage} from '../../src/gateway/remote-images.ts'

const {signal} = new AbortController()

test('the pictures of a request are fetched once each, and share one limit of bytes', async () => {
  const asked: [string, number][] = []
  const fetchImage: FetchImage = async (url, _, largest) => {
    asked.push([url, largest])
    return {mediaType: 'image/png', bytes: new Uint8Array(1_000)}
  }
  const images = await fetchedImages(['http://a', 'http://b', 'http://a'], fetchImage, signal)
  const most = 20 * 1024 * 1024
  expect(asked).toEqual([
    ['http://a', most],
    ['http://b', most - 1_000],
  ])
  expect([...images.keys()]).toEqual(['http://a', 'http://b'])
  const many = Array.from({length: 17}, (_, index) => `http://${index}`)
  await expect(fetchedImages(many, fetchImage, signal)).rejects.toMatchObject({code: 'unsupported_parameter'})
})

test('one that may not be fetched is a mistake of the request', async () => {
  await expect(fetchPublicImage('http://10.0.0.1/x.png', signal, 1)).rejects.toMatchObject({
    code: 'invalid_request',
    httpStatus: 400,
    message: 'http://10.0.0.1/x.png leads to an address that is not of the public internet',
  })
})
