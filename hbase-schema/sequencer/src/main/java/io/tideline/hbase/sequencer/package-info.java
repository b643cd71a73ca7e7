/**
 * The region-side sequencer and everything both of its sides must agree on: row keys, cells, and the batch that travels
 * inside an {@code Append}. This jar is what is deployed to region servers: it holds no protobuf, HBase, Hadoop or slf4j
 * class and depends on nothing but the HBase that loads it.
 *
 * <p>The keys of one timeline, in the order in which HBase sorts them ({@link io.tideline.hbase.sequencer.RowKeys}):
 *
 * <pre>
 * prefix = hash(4) | app length(1) app | family(1) | id length(2) id
 *          hash: bit-reversed murmur3_32 of what follows it
 *
 * prefix | 00                           head    h:h  format | last seq | cell time | server time of last | counted
 *                                                    | last discounted
 *                                               h:w  format | expired through | count there | cold through
 *                                                    | warm through | epoch
 *                                               h:r  format | released through, by this table
 *                                               m:a  format | attributes
 *                                               m:r&lt;reader&gt;  format | counted; timestamp is the seq read last
 * prefix | 01 | seq(8)                  entry   e:e  format | server time | counted | flags | message id | sender
 *                                                    | client message id | kind | payload
 *                                                    of an erased one: format | server time | counted
 * prefix | 02 | sender length(1) sender
 *        | client message id            dedupe  d:d  format | seq | server time | digest of kind and payload
 *                                                    | counted | message id
 * prefix | 03 | day(4)                  activity  a:a  format | day
 * prefix | record kind(1), 10 to 7f     record  m:&lt;facet&gt;  version | counted | value; timestamp is the version
 *        | part…                                t:&lt;facet&gt;  the same, of the kinds that lie apart
 *          part = 01 | number(8)
 *               or 02 | length(2) text
 * </pre>
 *
 * <p>Cells of the first release, without counts, message ids and flags, are read for ever ({@code format} tells); so are
 * its batches.
 */
@NullMarked
package io.tideline.hbase.sequencer;

import org.jspecify.annotations.NullMarked;
