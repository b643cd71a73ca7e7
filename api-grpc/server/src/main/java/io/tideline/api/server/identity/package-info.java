/**
 * Who is calling. {@link io.tideline.api.server.identity.CallerInterceptor} puts a {@link io.tideline.api.server.identity.Caller} into
 * the context of every call, and services ask it whether the caller may do what it asks for; tokens are read by
 * {@link io.tideline.api.server.identity.TokenVerifier} alone.
 */
@NullMarked
package io.tideline.api.server.identity;

import org.jspecify.annotations.NullMarked;
