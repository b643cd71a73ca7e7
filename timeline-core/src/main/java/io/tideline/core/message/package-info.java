/**
 * What stands in the timelines of a messaging service besides the messages of its users: changes of conversations,
 * members and messages, each with a seq of its own, so that no device can miss one.
 */
@NullMarked
package io.tideline.core.message;

import org.jspecify.annotations.NullMarked;
