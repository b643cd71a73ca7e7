/** Runs the real thing: every test here starts an HBase, in this process or in a child that is killed. */
@NullMarked
package io.tideline.hbase.embedded;

import org.jspecify.annotations.NullMarked;
