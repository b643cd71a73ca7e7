/**
 * Timelines on HBase: the adapters of the ports in {@code io.tideline.core.store}. HBase's client types end here.
 * Appends are gathered per region and sent by one request at a time ({@link io.tideline.hbase.store.AppendLane}); reads
 * check themselves for completeness ({@link io.tideline.hbase.store.PageReader}).
 */
@NullMarked
package io.tideline.hbase.store;

import org.jspecify.annotations.NullMarked;
