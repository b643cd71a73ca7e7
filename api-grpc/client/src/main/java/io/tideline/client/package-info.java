/**
 * The client that product teams embed. It speaks the generated types of {@code io.tideline.api.v1}, repeats what is safe
 * to repeat, keeps client message ids over repeats, and never blocks: every answer is a future, completed on a thread of
 * the transport. Code that blocks or computes for long belongs on an executor of the caller's ({@code thenApplyAsync}).
 */
@NullMarked
package io.tideline.client;

import org.jspecify.annotations.NullMarked;
