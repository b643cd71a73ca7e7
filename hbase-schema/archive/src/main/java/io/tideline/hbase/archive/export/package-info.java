/** Exports as Parquet files, which any engine reads. */
@NullMarked
package io.tideline.hbase.archive.export;

import org.jspecify.annotations.NullMarked;
