// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.extension.process;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Messages as bytes.
 *
 * @param <T> the message
 */
record Marshaller<T extends MessageLite>(Parser<T> parser) implements MethodDescriptor.Marshaller<T> {

    /** The one method of the one service. */
    static final MethodDescriptor<Wire.FromBroker, Wire.FromProgram> HOOKS = MethodDescriptor.newBuilder(
                    new Marshaller<>(Wire.FromBroker.parser()), new Marshaller<>(Wire.FromProgram.parser()))
            .setType(MethodType.BIDI_STREAMING)
            .setFullMethodName("skep.extension.v1.Extension/Hooks")
            .build();

    @Override
    public InputStream stream(T message) {
        return new ByteArrayInputStream(message.toByteArray());
    }

    @Override
    public T parse(InputStream stream) {
        try {
            return parser.parseFrom(stream.readAllBytes());
        } catch (InvalidProtocolBufferException e) {
            throw Status.INTERNAL
                    .withDescription("message: not of the protocol")
                    .withCause(e)
                    .asRuntimeException();
        } catch (IOException e) {
            throw Status.UNAVAILABLE
                    .withDescription("message: cut off")
                    .withCause(e)
                    .asRuntimeException();
        }
    }
}
