package io.tideline.client;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/** Where a stream of requests, acknowledged one by one, keeps what a {@link Pipeline} has to know. */
interface PipelineContract<Q, A, R> {
    MethodDescriptor<Q, A> method();

    String clientMessageId(Q request);

    int payloadBytes(Q request);

    /** Which request of the connection is answered, counted from 0. */
    long requestIndex(A answer);

    String answeredId(A answer);

    /** Null when the request was refused: then see {@link #error}. */
    @Nullable R receipt(A answer);

    com.google.rpc.Status error(A answer);
}
