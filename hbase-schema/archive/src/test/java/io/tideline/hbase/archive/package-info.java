/** Tests of the cold tier. */
@NullMarked
package io.tideline.hbase.archive;

import org.jspecify.annotations.NullMarked;
