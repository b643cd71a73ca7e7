/** Tests of the cold tier. */
package io.tideline.hbase.archive;
