/**
 * The cold tier: entries in Parquet files of an Iceberg table, the pointer to its metadata and the locator of its rows in
 * HBase.
 */
@NullMarked
package io.tideline.hbase.archive;

import org.jspecify.annotations.NullMarked;
