/**
 * Which servers there are: one ephemeral znode for each, in the ZooKeeper that HBase uses.
 *
 * <pre>
 *   /tideline                persistent
 *     /&lt;namespace&gt;           persistent; that of the tables
 *       /servers             persistent
 *         /&lt;uuid&gt;            ephemeral, host:port in UTF-8: where the other servers reach this one
 * </pre>
 *
 * <p>The ZooKeeper client is the one inside the shaded HBase client: it clashes with nothing, and is of the release that
 * HBase itself runs with.
 */
@NullMarked
package io.tideline.hbase.members;

import org.jspecify.annotations.NullMarked;
