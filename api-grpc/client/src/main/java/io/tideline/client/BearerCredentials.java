package io.tideline.client;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Says who calls: the token that the caller's supplier has at the moment of the attempt. */
final class BearerCredentials extends CallCredentials {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Supplier<String> token;

    BearerCredentials(Supplier<String> token) {
        this.token = token;
    }

    @Override
    public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
        Metadata headers = new Metadata();
        try {
            String current = token.get();
            if (!current.isEmpty()) {
                headers.put(AUTHORIZATION, "Bearer " + current);
            }
        } catch (RuntimeException e) {
            applier.fail(Status.UNAUTHENTICATED
                    .withDescription("No token to call with")
                    .withCause(e));
            return;
        }
        applier.apply(headers);
    }
}
