import type { ReactNode } from 'react'

export const metadata = { title: 'latchkey' }

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body style={{ font: '16px/1.6 system-ui, sans-serif', maxWidth: '40rem', margin: '8vh auto' }}>
        {children}
      </body>
    </html>
  )
}
