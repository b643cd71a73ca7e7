/** Back ends that read the timelines of an app at their own pace, at least once and in order. */
@NullMarked
package io.tideline.sync.consumer;

import org.jspecify.annotations.NullMarked;
