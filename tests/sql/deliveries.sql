-- The reports of many machines, joined: from the table `line`, which holds their lines, to one row
-- for each attempt and recipient.
CREATE TABLE part (
    machine text, attempt bigint, connection text, position bigint,
    client text, server text, sender text, recipient text,
    transid text, message_id text, digest text, body_digest text, subject text, date text,
    size bigint, declared_size bigint, received bigint, is_encrypted boolean,
    start numeric, eod numeric, reply_time numeric, left_time numeric,
    outcome text, cause text, copies_min bigint, copies_max bigint);
INSERT INTO part
SELECT machine, (json->>'id')::bigint, json->>'connection', (json->>'position')::bigint,
       regexp_replace(json->>'client', ':[0-9]+$', ''),
       regexp_replace(json->>'server', ':[0-9]+$', ''),
       json->>'sender', lower(to_one->>'address'),
       json->>'transid', json->>'message_id', json->>'digest', json->>'body_digest', json->>'subject',
       json->>'date', (json->>'size')::bigint, (json->>'declared_size')::bigint,
       (json->>'received')::bigint, (json->>'is_encrypted')::boolean,
       (json->>'start')::numeric, (json->>'eod')::numeric,
       (json->>'reply_time')::numeric, (json->>'left')::numeric,
       coalesce(to_one->>'outcome', json->>'outcome'), coalesce(to_one->>'cause', json->>'cause'),
       coalesce(to_one->>'copies_min', json->>'copies_min')::bigint,
       coalesce(to_one->>'copies_max', json->>'copies_max')::bigint
FROM line LEFT JOIN LATERAL jsonb_array_elements(json->'recipients') AS to_one ON true
WHERE json->>'type' = 'attempt';

-- From here on plain SQL. Each step adds a column or two to the one before it.
CREATE VIEW delivery AS
WITH seen AS (       -- what several taps saw of one attempt, the surest verdict first
    SELECT part.*,
           row_number() OVER (
               PARTITION BY coalesce(connection, machine || ' ' || attempt),
                            CASE WHEN connection IS NOT NULL THEN position END, recipient
               ORDER BY copies_max - copies_min, copies_max DESC, start, machine) AS place
    FROM part),
keyed AS (           -- what its message is known by; NULL: it was refused before its message
    SELECT seen.*,
           CASE WHEN transid IS NOT NULL THEN 'transaction ' || sender || ' ' || transid
                WHEN is_encrypted THEN 'tls ' || client || ' ' || size
                WHEN message_id IS NOT NULL THEN 'id ' || message_id
                WHEN digest IS NOT NULL AND size > 0 THEN 'body ' || body_digest END AS message
    FROM seen WHERE place = 1),
addressed AS (       -- an envelope that was not seen named the message's known recipient
    SELECT keyed.*,
           CASE WHEN recipient IS NOT NULL THEN recipient
                WHEN message IS NULL THEN '? ' || machine || ' ' || attempt
                ELSE coalesce(min(recipient) OVER (PARTITION BY message), '') END AS address
    FROM keyed),
forwarded AS (       -- the clients that are relays of this message: servers of it before, or
    SELECT DISTINCT later.message, later.address, later.client     -- at work while it waits
    FROM addressed earlier
    JOIN addressed later ON later.message = earlier.message AND later.address = earlier.address
    WHERE later.start > earlier.start AND later.client <> earlier.client
      AND NOT later.is_encrypted
      AND (later.client = earlier.server
           OR (later.start > earlier.eod AND later.start < earlier.reply_time
               AND (earlier.left_time IS NULL OR later.start < earlier.left_time)))),
legged AS (          -- on which leg of its way: behind which relay, past how many servers
    SELECT addressed.*,
           CASE WHEN forwarded.client IS NOT NULL THEN 'by ' || forwarded.client
                ELSE 'past ' || coalesce(
                    min(CASE WHEN digest IS NOT NULL THEN received END) OVER (
                        PARTITION BY addressed.message, addressed.address, addressed.client),
                    min(CASE WHEN digest IS NOT NULL THEN received END) OVER (
                        PARTITION BY addressed.message, addressed.address), 0) END AS leg
    FROM addressed LEFT JOIN forwarded
      ON forwarded.message = addressed.message AND forwarded.address = addressed.address
     AND forwarded.client = addressed.client),
previous AS (        -- the try before, of the same message or of the same client and envelope
    SELECT legged.*,
           lag(start) OVER tries AS start_before, lag(outcome) OVER tries AS outcome_before,
           lag(reply_time IS NULL OR left_time IS NOT NULL) OVER tries AS was_open_before,
           lag(digest) OVER tries AS digest_before,
           lag(body_digest) OVER tries AS body_before, lag(size) OVER tries AS size_before,
           lag(sender) OVER tries AS sender_before, lag(date) OVER tries AS date_before,
           lag(subject) OVER tries AS subject_before,
           lag(start) OVER sent AS sent_before,
           lag(message IS NOT NULL) OVER sent AS was_message_before
    FROM legged
    WINDOW tries AS (PARTITION BY message, address, leg ORDER BY start),
           sent AS (PARTITION BY client, sender, address, declared_size ORDER BY start)),
joined AS (          -- whether it carried the same message as that one
    SELECT previous.*,
           CASE WHEN start_before IS NULL THEN false
                WHEN transid IS NOT NULL THEN true
                WHEN is_encrypted
                    THEN was_open_before AND start - start_before <= 86400
                WHEN message_id IS NULL AND date IS NULL AND received = 0
                    THEN outcome_before <> 'accepted' AND start - start_before <= 86400
                         AND (digest = digest_before OR (subject = subject_before
                              AND sender IS NOT DISTINCT FROM sender_before))
                WHEN message_id IS NULL
                    THEN digest = digest_before
                         OR (sender = sender_before
                             AND subject IS NOT DISTINCT FROM subject_before
                             AND date IS NOT DISTINCT FROM date_before)
                ELSE digest IS NULL OR digest_before IS NULL OR body_digest = body_before
                     OR abs(size - size_before) * 50 <= greatest(size, size_before)
                     OR (date = date_before AND sender = sender_before
                         AND subject IS NOT DISTINCT FROM subject_before) END AS is_same
    FROM previous),
chained AS (         -- tries numbered by chains, and by runs of refused ones up to a message
    SELECT joined.*,
           sum(CASE WHEN is_same THEN 0 ELSE 1 END) OVER (
               PARTITION BY message, address, leg ORDER BY start
               ROWS UNBOUNDED PRECEDING) AS chain,
           sum(CASE WHEN was_message_before = false AND start - sent_before <= 86400
                    THEN 0 ELSE 1 END) OVER (
               PARTITION BY client, sender, address, declared_size ORDER BY start
               ROWS UNBOUNDED PRECEDING) AS run
    FROM joined),
named AS (           -- what a delivery is called: by its message, or by its refused run
    SELECT chained.*,
           coalesce(
               max(message || ' ' || address || ' ' || leg || ' ' || chain) OVER (
                   PARTITION BY client, sender, address, declared_size, run,
                                CASE WHEN is_encrypted THEN message END),
               'refused ' || client || ' ' || coalesce(sender, '') || ' ' || address || ' '
                   || coalesce(declared_size, 0) || ' ' || run) AS delivery
    FROM chained),
cored AS (           -- the first try that carried the whole message: the others are joined to it
    SELECT named.*,
           row_number() OVER (PARTITION BY delivery ORDER BY start) AS number,
           first_value(digest) OVER core AS core_digest,
           first_value(body_digest) OVER core AS core_body,
           first_value(start) OVER core AS core_start
    FROM named
    WINDOW core AS (PARTITION BY delivery ORDER BY
                    CASE WHEN digest IS NULL THEN 1 ELSE 0 END,
                    CASE WHEN message IS NULL THEN 1 ELSE 0 END, start)),
summed AS (          -- what is only likely to be the same message adds to the most alone
    SELECT delivery, max(message_id) AS message_id, max(subject) AS subject,
           max(sender) AS sender, max(recipient) AS recipient, count(*) AS attempts,
           sum(CASE WHEN number = 1 OR start = core_start OR transid IS NOT NULL
                      OR (recipient IS NOT NULL AND body_digest = core_body
                          AND (message_id IS NOT NULL OR digest = core_digest
                               AND (date IS NOT NULL OR received > 0)))
                    THEN copies_min ELSE 0 END) AS copies_min,
           sum(copies_max) AS copies_max, min(start) AS first, max(start) AS last
    FROM cored GROUP BY delivery)
SELECT summed.*,
       CASE WHEN copies_min >= 2 THEN 'duplicated' WHEN copies_max >= 2 THEN 'maybe-duplicated'
            WHEN copies_max = 0 THEN 'undelivered' WHEN copies_min = 1 THEN 'delivered'
            ELSE 'in-doubt' END AS state
FROM summed;
