/**
 * A whole HBase (ZooKeeper, master and one region server) inside the current process, on a local directory: the
 * default of a server without configuration, and, as {@link io.tideline.hbase.embedded.EmbeddedHBaseMain}, a process
 * of its own for benchmarks. Nothing here knows of Tideline's tables.
 */
@NullMarked
package io.tideline.hbase.embedded;

import org.jspecify.annotations.NullMarked;
