// What inputs are made of: for each parser what it meets on a usual day, and inputs that were trouble once.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { batchToJson } from '../../layers/core/src/queue/json.ts';
import { sample } from '../../layers/core/src/sample.ts';

const batch = batchToJson({
  taken: 1_700_000_000_000,
  groups: [
    {
      grouping: { job: 'fargaze-web', instance: 'http://h/' },
      samples: [sample('probe_success', {}, 1), sample('probe_duration_seconds', {}, 0.25)],
    },
  ],
  series: [{ labels: { __name__: 'm', a: 'b' }, points: [{ at: 1_700_000_000_000, value: 1 }] }],
});

const message = (text: string) =>
  JSON.stringify({
    fargaze: 1,
    taken: 1,
    encoding: 'gzip',
    batch: gzipSync(text).toString('base64'),
  });

const record = (body: string) => JSON.stringify({ Records: [{ messageId: 'm', body }] });

/** Seeds by parser. */
export const seeds = {
  event: [
    '{"schedule": "1m", "probes": ["*"], "time": "2026-01-31T12:00:00Z"}',
    '{"targets": ["https://u:p@h:1/p?q=1", "redis://h"], "module": "http_2xx", "explain": true}',
    '{"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "time": "2026-01-31T12:00:00Z", "detail": {}}',
    '{"dryRun": true}',
    record(message(batch)),
  ],
  configuration: [
    readFileSync('fargaze.yml', 'utf8').slice(0, 2000),
    'modules: { m: { prober: http, timeout: 5s, http: { headers: { A: env:B }, body_size_limit: 1MB, fail_if_body_matches_regexp: ["(?i)a+"] } } }\nprobes: [{ name: a, module: m, target: "${URL:-http://h/}" }]',
    'modules: { m: { prober: redis, redis: { password: env:P, tls_config: { server_name: h } } } }\nslos: [{ name: a, indicator: probe, probe: a, objective: 99.9 }]',
  ],
  yace: [
    readFileSync('test/fixtures/yace/shop.yml', 'utf8').slice(0, 2000),
    'apiVersion: v1alpha1\ndiscovery:\n  jobs:\n    - type: AWS/ECS\n      regions: [eu-west-1]\n      searchTags: [{ key: a, value: "^b$" }]\n      metrics: [{ name: CPUUtilization, statistics: [Average, p99], period: 60, length: 300 }]\n',
  ],
  resp: [
    '+OK\r\n',
    '-ERR no\r\n',
    ':123\r\n$5\r\nhello\r\n',
    '*3\r\n$6\r\nmaster\r\n:3129659\r\n*1\r\n*3\r\n$9\r\n127.0.0.1\r\n$4\r\n9001\r\n$7\r\n3129242\r\n',
    '%2\r\n+a\r\n:1\r\n+b\r\n,1.5\r\n>2\r\n+x\r\n+y\r\n_\r\n#t\r\n(123456789012345678901234567890\r\n=8\r\ntxt:text\r\n!5\r\nERR x\r\n',
  ],
  answer: [
    'Location: /next?code=1\nSet-Cookie: a=b; Path=/; Max-Age=10; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Secure\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\nContent-Length: 12',
    'Location: https://u:p@[::1]:8443/a/../b;c=d?e=f#g\nSet-Cookie: =; path; expires=; max-age=-1\nServer: x',
    'location: //evil.test\\@h/%E4\nset-cookie: \u00e4=\u00f6;path=/\u00fc',
  ],
  http: [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n',
    'HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:1/\r\nSet-Cookie: a=b\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
  ],
  dns: [
    // MX and SRV records with data of fewer bytes than their type has; an address of three bytes.
    '\x12\x34\x81\x80\0\0\0\x01\0\0\0\0\x01a\0\0\x0f\0\x01\0\0\0\0\0\x00',
    '\x12\x34\x81\x80\0\0\0\x01\0\0\0\0\x01a\0\0\x21\0\x01\0\0\0\0\0\x04\x01\x02\x03\x04',
    '\x12\x34\x81\x80\0\0\0\x01\0\0\0\0\x01a\0\0\x1c\0\x01\0\0\0\0\0\x03\x01\x02\x03',
    '\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0\x07example\x03com\0\0\x01\0\x01\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x01\x02\x03\x04',
    '\x12\x34\x81\x80\0\x01\0\x02\0\0\0\0\x01a\0\0\x10\0\x01\xc0\x0c\0\x10\0\x01\0\0\0\0\0\x05\x04text\xc0\x0c\0\x0f\0\x01\0\0\0\0\0\x04\0\x0a\xc0\x0c',
  ],
  queue: [
    message(batch),
    message('{}'),
    JSON.stringify({ responsePayload: { message: JSON.parse(message(batch)) } }),
  ],
  batch: [batch],
  exposition: [
    '# HELP probe_success x\n# TYPE probe_success gauge\nprobe_success{job="j",instance="http://h/"} 1\nprobe_success{instance="a\\"b\\\\c\\nd",job=""} NaN 1700000000000\nother 1\n',
    'probe_success 1e3\nprobe_success{} +Inf\nprobe_success{a="b",} -0\n',
  ],
  groups: [
    '{"status":"success","data":[{"labels":{"job":"j","instance":"i"},"push_time_seconds":{"type":"GAUGE","metrics":[{"labels":{"job":"j"},"value":"1.7e+09"}]},"probe_interval_seconds":{"metrics":[{"value":"60"}]},"fargaze_group_timestamp_seconds":{"type":"GAUGE","metrics":[{"labels":{"owner":"o"},"value":"1"}]}}]}',
  ],
  write: [
    '400\nout of order sample: series={__name__="m"}, timestamp=2026',
    '500\ntoo old sample\nRetry-After: 10',
    '409\nduplicate sample for timestamp\nX-Prometheus-Remote-Write-Samples-Written: 3',
    '429\n\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT',
  ],
  query: [
    '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1700000000,"1"]}]}}',
  ],
  pattern: [
    '^(?i)a+b*?(c|d){2,5}[[:alpha:]\\d]$',
    '\\A(?P<n>\\pL+)\\s\\Qx.y\\E\\z',
    '[^\\x{10FFFF}-a]',
  ],
  step: [
    '$.auth.token\ntoken=(\\w+)\nSet-Cookie\na=b; Path=/\nBearer ${login.token} ${env:A} $${x} ${file:/a}\n{"auth":{"token":"t0k"}}',
    '$["a b"][0][-1]\n"id":\\s*(-?\\d+)\na\na=../..; Max-Age=9\n${a.b}${a.b\n{"a b":[[1,12345678901234567890]],"id": -7}',
    '$[\'it\\\'s\']\n(?i)(.*)\nLocation\n//evil.test/\\@x?y#z\n${\n{"it\'s":"\\ud83d \\u0000 \\" } \\\\"}',
    '$\n^\nX\n\n\n"text"',
  ],
  blackbox: [
    'modules:\n  m: &a\n    prober: http\n    timeout: 5s\n    http:\n      valid_status_codes: [200, 0o310, ~]\n      headers: { A: 1.10, B: yes }\n      fail_if_body_matches_regexp: ["(?i)a+"]\n  n: { <<: *a, timeout: "0" }\n',
    'modules: { m: { prober: tcp, tcp: { query_response: [{ expect: "^a(b)", send: !!binary AAEC, labels: [{ name: a, value: "${1}" }] }] } } }\n---\nx',
    '%YAML 1.1\n---\nmodules: { ? m : { prober: dns, dns: { query_name: a, valid_rcodes: [NOERROR] } }, ~: 1, "<<": {} }\n...\n',
    'modules: { a: { <<: [{ prober: tcp }, { timeout: 1h }] }, b: !odd { prober: | \n  tcp\n } }',
  ],
  address: [
    'https://u:p@h:8443/a/b;c?d=e&f=g#h',
    'redis://:pa/ss@[::1]:6379/0',
    'h/%zz?%zz=%zz',
    'postgres://a:b@c@d/e?f',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;
