# Pledge: built with what native modules need, run without it, by a user with no rights but to its data.
FROM node:22.20.0-bookworm-slim AS build
WORKDIR /app
# better-sqlite3 fetches its binary; where there is none it is built, with these.
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts && npm rebuild better-sqlite3
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22.20.0-bookworm-slim
ENV NODE_ENV=production PLEDGE_HOST=0.0.0.0 PLEDGE_PORT=3000 PLEDGE_DATA=/data PATH=/app:$PATH
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json pledge LICENSE NOTICE ./
COPY examples examples
RUN install -d -o node -g node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PLEDGE_PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=64", "dist/main.js"]
