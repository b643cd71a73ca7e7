/** Messages: sent, taken back, changed, reacted to and read, each by the rules of the conversation and of the app. */
@NullMarked
package io.tideline.store.message;

import org.jspecify.annotations.NullMarked;
