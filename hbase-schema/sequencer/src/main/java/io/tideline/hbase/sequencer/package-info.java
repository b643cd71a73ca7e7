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
 * prefix | 00                           head    h:h  format | last seq | cell time | server time of last
 *                                               h:w  format | cold through | warm through
 *                                               h:a  format | attributes
 * prefix | 01 | seq(8)                  entry   e:e  format | server time | sender | client message id | kind | payload
 * prefix | 02 | sender length(1) sender
 *        | client message id            dedupe  d:d  format | seq | server time | digest of kind and payload
 * </pre>
 */
@NullMarked
package io.tideline.hbase.sequencer;

import org.jspecify.annotations.NullMarked;
