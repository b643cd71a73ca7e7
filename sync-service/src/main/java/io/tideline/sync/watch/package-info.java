/**
 * Following timelines: replay from a seq, one caught-up marker, then every append as it is committed. {@link
 * io.tideline.sync.watch.WatchHub} hands what this process appends to its watches at once and polls heads for what
 * others append; what a watch has not got, it reads from the store at its own pace.
 */
@NullMarked
package io.tideline.sync.watch;

import org.jspecify.annotations.NullMarked;
