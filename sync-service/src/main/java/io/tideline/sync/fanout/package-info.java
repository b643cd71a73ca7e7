/** Write diffusion as a durable task: inboxes and users lists brought in step with conversations, each entry once. */
@NullMarked
package io.tideline.sync.fanout;

import org.jspecify.annotations.NullMarked;
